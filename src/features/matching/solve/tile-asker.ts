import type { Profiles } from '../scores/profiles.ts'
import type { Asker } from './ask.ts'
import { fromBytes, toBytes } from './bytes.ts'
import { openCollector } from './collector.ts'
import type { PackedProblem } from './pack-problem.ts'
import type { TileRunner } from './problem.ts'
import { questionOfBytes, questionToBytes } from './questions.ts'
import { openScoredRows } from './read-rows.ts'
import { countTiles, coverOfTile, tileOf, WIDEST_TILE } from './tiles.ts'

/** The answers of a cycle come together, and the best partners of a tile's 8,192 people take 1.5 MB. */
const MOST_TILES_OF_BEST = 40

/**
 * Asks other processes, a cycle of tiles at a time.
 * @param cycle the first number: when a run goes on after it was lost, its questions come under the same numbers again
 */
export function openTileAsker(profiles: Profiles, runner: TileRunner, cycle: { next: number }): Asker {
  const { n } = profiles
  return {
    rows: openScoredRows(profiles),
    async *ask(question) {
      const tiles = countTiles(n, WIDEST_TILE)
      const most = question.kind === 'best' ? MOST_TILES_OF_BEST : tiles
      for (let first = 0; first < tiles; first += most) {
        const many = Math.min(most, tiles - first)
        const answers = await runner.ask(cycle.next++, questionToBytes(question, first), many)
        for (const [tile, bytes] of answers.entries())
          yield { cover: coverOfTile(tileOf(n, WIDEST_TILE, first + tile)), content: fromBytes(bytes) }
      }
    },
    close: async () => undefined,
  }
}

/**
 * What one worker does for one tile. Nothing but the problem, the question and the tile decides the answer, so it does not
 * matter who gives it, or how often. The scores are opened once for all the tiles of a problem.
 */
export function openTiles({ profiles }: PackedProblem): (question: Uint8Array, tile: number) => Uint8Array {
  const rows = openScoredRows(profiles)
  return (question, tile) => {
    const asked = questionOfBytes(question)
    const block = tileOf(profiles.n, WIDEST_TILE, asked.firstTile + tile)
    const collector = openCollector(asked.question, rows, coverOfTile(block))
    collector.take(block)
    return toBytes(collector.answer())
  }
}
