import { config } from 'zod'

// In browsers zod would try whether it may compile code, which our content security policy forbids and reports. Imported
// before any schema is made.
config({ jitless: true })
