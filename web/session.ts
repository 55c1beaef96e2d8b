import { createLeave } from './draw/access/leave.ts';
import { enter } from './enter.ts';
import { leave } from './read/session.ts';
import { useTheme } from './view/theme.ts';

useTheme(document.documentElement, location.search);
const page = createLeave(document, await enter(document), async () => {
  page.update('leaving');
  if (await leave(document.baseURI)) location.reload();
  else page.update('unanswered');
});
document.body.replaceChildren(page.node);
