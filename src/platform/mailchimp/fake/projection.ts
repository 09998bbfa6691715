interface Tree {
  [name: string]: Tree | true
}

/** `fields` or `exclude_fields` of a read: names with dots, through lists. Without either, everything. */
export function project(body: unknown, query: URLSearchParams): unknown {
  const fields = query.get('fields')
  const excluded = query.get('exclude_fields')
  if (fields) return keep(body, treeOf(fields))
  return excluded ? drop(body, treeOf(excluded)) : body
}

function treeOf(list: string): Tree {
  const tree: Tree = {}
  for (const path of list.split(',')) {
    let at = tree
    const names = path.trim().split('.')
    names.forEach((name, index) => {
      if (index === names.length - 1) at[name] = true
      else {
        const below = at[name]
        if (below === true) return
        const inner = below ?? {}
        at[name] = inner
        at = inner
      }
    })
  }
  return tree
}

function keep(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((item) => keep(item, tree))
  if (!value || typeof value !== 'object') return value
  const kept: Record<string, unknown> = {}
  for (const [name, below] of Object.entries(tree)) {
    const inner = (value as Record<string, unknown>)[name]
    if (inner !== undefined) kept[name] = below === true ? inner : keep(inner, below)
  }
  return kept
}

function drop(value: unknown, tree: Tree): unknown {
  if (Array.isArray(value)) return value.map((item) => drop(item, tree))
  if (!value || typeof value !== 'object') return value
  const kept: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const below = tree[name]
    if (below === true) continue
    kept[name] = below ? drop(inner, below) : inner
  }
  return kept
}
