import { presences } from '../jobs/presences.ts';
import { frames } from '../jobs/frames.ts';
import { daysIn } from '../services/model/day.ts';
import { workshop } from './jobs/bench.ts';
import { at } from './simulate/event.ts';
import { play, venueOf } from './simulate/truth-play.ts';
import { openCopy, sightingsPlaced } from '../services/answer/placed.ts';
import { createLocator } from '../services/locate/locate.ts';
import { correctedOf } from '../services/locate/corrected.ts';
import inspector from 'node:inspector/promises';
import fs from 'node:fs';
const TOLD = { from: at(1, '18:00'), until: at(3, '00:00') };
const told:any[] = [];
await play({ everySeconds: 60, isSparse: false }, TOLD, () => {}, (one:any) => told.push(one) > 0);
const one = await workshop(venueOf(), told);
const [, day] = daysIn(TOLD, 'UTC');
const cpu = async (name:string, f:()=>Promise<any>) => { const c=process.cpuUsage(); const t=performance.now(); const r=await f(); const d=process.cpuUsage(c); console.log(name, 'cpu', Math.round((d.user+d.system)/1000), 'wall', Math.round(performance.now()-t)); return r; };
console.log('rows', told.length);
const all:any[]=[];
{ const { connection } = await one.bench.database(); await openCopy(connection, await one.bench.copy(TOLD)); await cpu('read', async()=>{for await (const some of sightingsPlaced(connection)) for (const s of some) all.push(s);}); }
async function locate() { const l = createLocator(venueOf()); let second=Math.ceil(all[0].received/1000)*1000; for (const s of all){ for(;second<s.received;second+=1000) l.tick(second); l.take(s);} l.tick(second); }
await cpu('locate', locate); await cpu('locate', locate);
const corr = async()=>{ let n=0; for await (const p of correctedOf([all], venueOf(), {from: day!.from, until: day!.until})) n++; return n; };
await cpu('corrected', corr); await cpu('corrected', corr);
const s = new inspector.Session(); s.connect();
if (process.argv[2]==='prof') { await s.post('Profiler.enable'); await s.post('Profiler.start'); }
await cpu('job', ()=>presences.run(day!, one.bench)); await cpu('job', ()=>presences.run(day!, one.bench));
if (process.argv[2]==='frames') { await s.post('Profiler.enable'); await s.post('Profiler.start'); await cpu('frames', ()=>frames.run(day!, one.bench)); }
if (process.argv[2]) { const { profile } = await s.post('Profiler.stop') as any; 
 const self=new Map<string,number>(); const dt=profile.timeDeltas; const byId=new Map(profile.nodes.map((n:any)=>[n.id,n])); 
 profile.samples.forEach((id:number,i:number)=>{const n:any=byId.get(id); const k=n.callFrame.functionName+' '+n.callFrame.url.split('/').slice(-2).join('/')+':'+n.callFrame.lineNumber; self.set(k,(self.get(k)||0)+dt[i]);});
 for (const [k,v] of [...self].sort((a,b)=>b[1]-a[1]).slice(0,40)) console.log(Math.round(v/1000),k); }
await frames.run(day!, one.bench); fs.cpSync(one.bench.house + '/derived', '/tmp/p1/house/derived', {recursive:true}); fs.writeFileSync('/tmp/p1/day.json', JSON.stringify(day));
await one.end();
process.exit(0);
