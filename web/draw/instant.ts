export { type Instants, instantsIn, zoneWords } from '../../services/model/instant-words.ts';
