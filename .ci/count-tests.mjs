// Prints "passed failed" from a vitest JSON report; a run that left no report, or a failed suite, is a failure.
import { readFileSync } from 'node:fs';

try {
  const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const brokenSuites = report.testResults.filter(
    (suite) => suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  const none = report.numPassedTests === 0 ? 1 : 0;
  console.log(`${report.numPassedTests} ${report.numFailedTests + brokenSuites + none}`);
} catch {
  console.log('0 1');
}
