// Starts the GitHub of emulate on a free port of loopback, prints its address, and ends when its standard input does.
// Arguments: the folder in which emulate is installed; how many organizations, tokens and repositories there are to be.
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'

const [folder, count] = process.argv.slice(2)
const { createEmulator } = await import(pathToFileURL(join(folder, 'node_modules/emulate/dist/api.js')))

const numbers = Array.from({ length: Number(count) }, (_, i) => i + 1)
const github = await createEmulator({
  service: 'github',
  port: 0,
  seed: {
    github: {
      users: [{ login: 'octocat' }],
      orgs: numbers.map((n) => ({ login: `of-test-${n}`, members: [{ login: 'octocat', role: 'admin' }] })),
      repos: numbers.map((n) => ({ owner: 'octocat', name: `of-test-${n}`, private: true })),
    },
    // Each takes 5,000 requests.
    tokens: Object.fromEntries(
      numbers.map((n) => [`ghp_of-test-${n}`, { login: 'octocat', scopes: ['repo', 'admin:org'] }]),
    ),
  },
})
console.log(new URL(github.url).port)
process.stdin.resume().on('end', () => process.exit(0))
