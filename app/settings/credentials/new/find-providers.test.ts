import { expect, it } from 'vitest'
import { findProviders } from './find-providers'

const providers = [
  { id: 'mercado-libre', name: 'Mercado Libre' },
  { id: 'mercado-pago', name: 'Mercado Pago' },
  { id: 'conta-azul', name: 'Conta Ázul' },
  { id: 'adobe-commerce', name: 'Adobe Commerce (Magento)' },
]

it.each([
  ['', ['mercado-libre', 'mercado-pago', 'conta-azul', 'adobe-commerce']],
  ['mercado', ['mercado-libre', 'mercado-pago']],
  ['mercadoli', ['mercado-libre']],
  ['PAGO mer', ['mercado-pago']],
  ['azul', ['conta-azul']],
  ['magento', ['adobe-commerce']],
  ['ercado', []],
])('finds by %j', (query, ids) => {
  expect(findProviders(providers, query).map(({ id }) => id)).toEqual(ids)
})
