// Checks the syntax of PowerShell scripts: node check.mjs FILE...
// Without files it checks every .ps1 below provision/. The grammar knows no cmdlets; those are
// held against provision/scripts/cmdlets.yaml by the Go tests.
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { dirname, join, relative } from 'node:path'
import { Language, Parser } from 'web-tree-sitter'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const grammar = join(dirname(createRequire(import.meta.url).resolve('tree-sitter-powershell/package.json')), 'tree-sitter-powershell.wasm')

// faults are the places where the grammar cannot go on, the innermost ones only.
function faults(parser, text) {
  const tree = parser.parse(text)
  const found = []
  const walk = (node) => {
    if (!node.hasError) return
    const before = found.length
    for (let i = 0; i < node.childCount; i++) walk(node.child(i))
    if (found.length > before) return
    const at = node.startPosition
    if (node.isMissing) found.push({ row: at.row + 1, column: at.column + 1, what: `${node.type} is missing` })
    else if (node.isError) found.push({ row: at.row + 1, column: at.column + 1, what: `cannot be read: ${JSON.stringify(node.text.split('\n')[0].slice(0, 60))}` })
  }
  walk(tree.rootNode)
  if (tree.rootNode.hasError && found.length === 0) found.push({ row: 1, column: 1, what: 'cannot be read' })
  tree.delete()
  return found
}

// What has to be flagged, and what must not be: else the check itself is broken.
const broken = [
  'if ($a -eq 1 { $b = 2 }',
  "$a = 'no end",
  'function Get-Thing { param([string]$Name',
  '$t = @{ A = 1; B = }',
  'foreach ($x in @(1, 2) { $x }',
  "Get-Thing -Name 'a' |",
]
const sound = [
  "param($Params, $Secrets)\nSet-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n",
  "$t = @{ a = 1; b = 'c' }\n$null = Set-Thing @t -Confirm:$false\n",
  "try { Get-Thing -Name 'a' -ErrorAction Stop } catch [System.IO.IOException] { throw } finally { $x = 1 }\n",
  "$text = @'\nWrite { not [ code\n'@\n",
  "$sum = @(1..3 | ForEach-Object -Process { $_ * 2 } | Where-Object -FilterScript { $_ -gt 1mb })\n",
]

// scripts are the .ps1 files below a folder.
function scripts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return scripts(path)
    return entry.name.endsWith('.ps1') ? [path] : []
  })
}

// inner are the texts that a script writes into files of their own, with the line they begin at.
function inner(text) {
  return [...text.matchAll(/@'\n([\s\S]*?)\n'@/g)].map((m) => ({ text: m[1] + '\n', line: text.slice(0, m.index).split('\n').length }))
}

await Parser.init()
const parser = new Parser()
parser.setLanguage(await Language.load(grammar))

let failed = false
for (const snippet of broken) {
  if (faults(parser, snippet).length === 0) {
    console.error(`the check misses what is wrong with: ${snippet}`)
    failed = true
  }
}
for (const snippet of sound) {
  const found = faults(parser, snippet)
  if (found.length > 0) {
    console.error(`the check finds fault with sound code at ${found[0].row}:${found[0].column} (${found[0].what}): ${snippet}`)
    failed = true
  }
}
const files = process.argv.length > 2 ? process.argv.slice(2) : scripts(join(root, 'provision')).sort()
if (files.length === 0) {
  console.error('no script was found')
  failed = true
}
for (const file of files) {
  const text = readFileSync(file, 'utf8')
  for (const part of [{ text, line: 0 }, ...inner(text)]) {
    for (const at of faults(parser, part.text)) {
      console.error(`${relative(root, file)}:${at.row + part.line}:${at.column}: ${at.what}`)
      failed = true
    }
  }
}
if (!failed) console.log(`${files.length} scripts and ${broken.length + sound.length} snippets: nothing is wrong`)
process.exit(failed ? 1 : 0)
