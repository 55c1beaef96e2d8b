import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { it } from 'node:test';
import { ZipFile } from 'yazl';
import { sheetRows } from '../../services/formats/sheet-rows.ts';
import { newFolder, remove } from '../service.ts';

it('sheetRows(file) counts the rows of all sheets, in archives of the kind for more than 4 GiB too', async () => {
  const folder = newFolder();
  for (const forceZip64Format of [false, true]) {
    const zip = new ZipFile();
    for (const [i, rows] of [4, 2].entries())
      zip.addBuffer(Buffer.from('<row r="1">x</row>'.repeat(rows)), `xl/worksheets/sheet${i + 1}.xml`, {
        forceZip64Format,
      });
    zip.addBuffer(Buffer.from('<row '), 'xl/workbook.xml', { forceZip64Format });
    zip.end({ forceZip64Format, comment: '' });
    const file = join(folder, `${forceZip64Format}.xlsx`);
    writeFileSync(file, await buffer(zip.outputStream));
    assert.equal(await sheetRows(file), 4);
  }
  remove(folder);
});
