import fs from 'node:fs';
import { parseVenue } from '../services/validate/venue.ts';

const text = fs.readFileSync('/work/shared/venue.example.json', 'utf8');
const r = parseVenue(text);
console.log('venue' in r ? { ...r.venue, file: r.venue.file.sessions } : r);
const v = JSON.parse(text);
v.zone = 'Mars/Base';
v.rooms[1].id = 'hall-1';
v.gateways[0].room = 'nowhere';
v.gateways[1].from = '2018-11-04T19:00:00Z';
v.sessions[0].until = v.sessions[0].from;
v.sensors[0].room = 'x';
v.merges[0].of.push('y');
v.rooms[0].polygon = [
  [0, 0],
  [1, 1],
  [2, 2],
];
v.rooms[3].capacity = 'many';
delete v.gateways[2].room;
v.doors[0].between = ['q', 'foyer'];
v.rooms[2].polygon = [
  [0, 0],
  [1, 1],
  [1, 0],
  [0, 1.5],
];
v.events[0].from = '2018-11-04T12:00:00';
console.log(parseVenue(JSON.stringify(v)));
console.log(parseVenue('{"zone": }'), parseVenue('[]'), parseVenue('['.repeat(100000) + ']'.repeat(100000)));
