// SPDX-License-Identifier: MIT
// Small promise wrappers around the D-Bus library that Victron's Node-RED nodes use.
'use strict'

const dbus = require('dbus-native-victron')

const BUS_ITEM = 'com.victronenergy.BusItem'

function connect () {
  return dbus.createClient({ busAddress: process.env.DBUS_SESSION_BUS_ADDRESS, authMethods: ['EXTERNAL'] })
}

function call (bus, destination, path, member, more = {}) {
  return new Promise((resolve, reject) => {
    bus.invoke({ destination, path, interface: BUS_ITEM, member, ...more },
      (error, result) => error ? reject(new Error(String(error))) : resolve(result))
  })
}

// A received variant as { type, value }: the D-Bus signature and a JSON value, null if invalid.
function variant ([tree, [value]]) {
  const sign = (node) => node.type + (node.child || []).map(sign).join('')
  const type = sign(tree[0])
  return { type, value: type === 'ai' && value.length === 0 ? null : value }
}

// A received a{sa{sv}} as { path: { type, value, text } }.
function items (received) {
  return Object.fromEntries(received.map(([path, entry]) => {
    const fields = Object.fromEntries(entry.map(([key, value]) => [key, variant(value)]))
    return [path, { ...fields.Value, text: fields.Text.value }]
  }))
}

function say (what, content) {
  process.stdout.write(`${what} ${JSON.stringify(content)}\n`)
}

module.exports = { BUS_ITEM, connect, call, items, say, variant }
