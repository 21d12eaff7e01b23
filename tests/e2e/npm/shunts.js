// SPDX-License-Identifier: MIT
// SmartShunts of another making, one bus connection each. Prints `ready` when all have their names.
// Usage: node shunts.js '{"<service>": {"Dc/0/Voltage": ["d", 52.1], ...}, ...}'
'use strict'

const { addVictronInterfaces } = require('dbus-victron-virtual')
const { connect, say } = require('./bus')

function shunt (service, items) {
  const bus = connect()
  const entries = Object.entries(items)
  const properties = Object.fromEntries(entries.map(([path, [type]]) => [path, { type }]))
  const values = Object.fromEntries(entries.map(([path, [, value]]) => [path, value]))
  const { emitItemsChanged } = addVictronInterfaces(bus, { name: service, properties }, values, false)
  return new Promise((resolve, reject) => {
    bus.requestName(service, 4, (error, code) =>
      error || code !== 1 ? reject(new Error(`${service}: ${error || code}`)) : resolve(emitItemsChanged))
  })
}

async function main () {
  const shunts = Object.entries(JSON.parse(process.argv[2]))
  const emitters = await Promise.all(shunts.map(([service, items]) => shunt(service, items)))
  say('ready', {})
  // The library's own broadcast of everything, as its users do it.
  process.on('SIGUSR2', () => emitters.forEach((emit) => emit()))
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
