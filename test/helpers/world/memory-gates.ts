import type { GateAnswer, GateQuestion } from '../../../shared/ports/gate.ts';

/** Gates that answer as they are told, and pass when they are told nothing. */
export function createMemoryGates() {
  const answers = new Map<string, (question: GateQuestion) => GateAnswer>();
  const asked: string[] = [];
  return {
    /** What each says, by name. */
    answers,
    /** Who was asked about which image, in turn. */
    asked,
    async ask(name: string, question: GateQuestion, output: (line: string) => void): Promise<GateAnswer> {
      asked.push(`${name} ${question.image}`);
      output(`testing ${question.image}`);
      return answers.get(name)?.(question) ?? { kind: 'passed', reason: 'exit status 0' };
    },
  };
}
