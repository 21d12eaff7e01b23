// SPDX-License-Identifier: MIT
// Reads a battery service through an independent implementation and prints what it sees:
//   items, leaves, tree, texts (once), then changed (each ItemsChanged) until killed.
// Usage: node consumer.js SERVICE NEW_NAME
'use strict'

const { getValue, setValue } = require('dbus-victron-virtual')
const { BUS_ITEM, call, connect, items, say, variant } = require('./bus')

const [, , service, newName] = process.argv

async function main () {
  const bus = connect()
  bus.connection.on('message', (message) => {
    if (message.member === 'ItemsChanged') say('changed', items(message.body[0]))
  })
  const rule = `type='signal',interface='${BUS_ITEM}',member='ItemsChanged'`
  await new Promise((resolve) => bus.addMatch(rule, resolve))

  const all = items(await call(bus, service, '/', 'GetItems'))
  say('items', all)
  const leaves = {}
  for (const path of Object.keys(all)) {
    const value = await getValue(bus, { path, interface_: BUS_ITEM, destination: service })
    leaves[path] = { ...variant(value), text: await call(bus, service, path, 'GetText') }
  }
  say('leaves', leaves)
  const tree = await getValue(bus, { path: '/', interface_: BUS_ITEM, destination: service })
  say('tree', Object.fromEntries(tree[1][0].map(([key, value]) => [key, variant(value)])))
  const texts = await call(bus, service, '/', 'GetText')
  say('texts', Object.fromEntries(texts[1][0]))

  const write = (path, value) =>
    setValue(bus, { path, interface_: BUS_ITEM, destination: service, value })
  say('wrote', {
    name: await write('/CustomName', newName),
    soc: await write('/Soc', 1),
    cleared: await write('/Info/ChargeMode', null)
  })
  say('ready', {})
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
