// SPDX-License-Identifier: MIT
// A settings service of another making: whatever number is wished for, it gives INSTANCE.
// Prints each AddSettings entry and each SetValue. Usage: node settings.js INSTANCE
'use strict'

const { BUS_ITEM, connect, say, variant } = require('./bus')

const instance = process.argv[2]
const values = {}
const bus = connect()

function leaf (path) {
  const item = {
    GetValue: () => ['s', values[path]],
    GetText: () => values[path],
    SetValue: (value) => {
      values[path] = String(variant(value).value)
      say('set', { path, value: values[path] })
      item.emit('PropertiesChanged', [['Value', ['s', values[path]]], ['Text', ['s', values[path]]]])
      return 0
    },
    emit: () => {}
  }
  bus.exportInterface(item, path, {
    name: BUS_ITEM,
    methods: {
      GetValue: ['', 'v', [], ['value']],
      GetText: ['', 's', [], ['text']],
      SetValue: ['v', 'i', ['value'], ['code']]
    },
    signals: { PropertiesChanged: ['a{sv}', '', [], []] }
  })
}

const root = {
  AddSettings: (wishes) => wishes.map((wish) => {
    const fields = Object.fromEntries(wish.map(([key, value]) => [key, variant(value)]))
    say('add', fields)
    const path = fields.path.value
    values[path] = path.endsWith('/ClassAndVrmInstance') ? `battery:${instance}` : 'From Node'
    leaf(path)
    return [['path', ['s', path]], ['error', ['i', 0]], ['value', ['s', values[path]]]]
  })
}
bus.exportInterface(root, '/', {
  name: 'com.victronenergy.Settings',
  methods: { AddSettings: ['aa{sv}', 'aa{sv}', ['wishes'], ['answers']] }
})
bus.requestName('com.victronenergy.settings', 4, (error, code) => {
  if (error || code !== 1) process.exit(1)
  say('ready', {})
})
