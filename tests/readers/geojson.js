// Checks a file against RFC 7946 with npm's check-geojson and prints what is wrong with it, and how many features of each
// kind it read, as JSON.
const fs = require('fs');
const { getIssues, check } = require('@placemarkio/check-geojson');

const text = fs.readFileSync(process.argv[2], 'utf8');
const issues = getIssues(text);
const kinds = {};
if (issues.length === 0) {
  for (const feature of check(text).features) kinds[feature.geometry.type] = (kinds[feature.geometry.type] || 0) + 1;
}
console.log(JSON.stringify({ issues: issues.map((issue) => issue.message), kinds }));
