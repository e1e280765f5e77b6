import { nearestName, resolvePath, type Scope } from '../scope.ts';
import { type ExpressionProblem, isProblem, parseTemplate, ROW_FACTS } from './template.ts';

/** What is wrong with a template whose attribute sees these names; null: nothing. */
export function checkTemplate(text: string, scope: Scope): ExpressionProblem | null {
  const template = parseTemplate(text);
  if (isProblem(template)) return template;
  for (const part of template) {
    if (typeof part === 'string') continue;
    const { name, at } = part;
    if (name.startsWith('$')) {
      if (ROW_FACTS.some((fact) => fact === name)) continue;
      return { text: `refers to '${name}'. Allowed: ${ROW_FACTS.join(', ')}`, at, suggestion: null };
    }
    const resolved = resolvePath(scope, name);
    if (resolved === null) {
      if (scope.others !== 'none') continue;
      return { text: `refers to '${name}', which is no attribute`, at, suggestion: nearestName(scope, name) };
    }
    const kind = scope.names.get(resolved.name)!;
    if (resolved.rest.length > 0 && kind !== 'any' && kind !== 'list') {
      return {
        text: `refers to '${name}', but '${resolved.name}' has no parts`,
        at,
        suggestion: resolved.name,
      };
    }
  }
  return null;
}
