/**
 * A rule as a form says it: rules are worded for those who send JSON (“must be a date, or null”), and what is null there is
 * left empty here.
 */
export const ruleInForm = (rule: string) => rule.replace(/, or null$/, '')
