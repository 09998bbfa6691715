import type { Definition } from '../report.ts'

export const ASSOCIATION_DEFINITIONS: readonly Definition[] = [
  {
    key: 'small_groups',
    name: 'Small groups',
    version: 1,
    words:
      'No figure from 1 to 4 is shown. A column with so few people is hidden in every row; rows with so few are put together with others until nothing can be told of any of them. Who is in two associations is counted for the one of their application.',
  },
]
