// Reads a TASKDATA folder with npm's isoxml and prints warnings, devices and decoded time logs as JSON.
const fs = require('fs');
const { ISOXMLManager } = require('isoxml');
const JSZip = require('jszip');

(async () => {
  const zip = new JSZip();
  for (const name of fs.readdirSync(process.argv[2])) zip.file('TASKDATA/' + name, fs.readFileSync(process.argv[2] + '/' + name));
  const manager = new ISOXMLManager({ version: 4 });
  await manager.parseISOXMLFile(await zip.generateAsync({ type: 'uint8array' }), 'application/zip');
  const tasks = (manager.rootElement.attributes.Task || []).map((task) => ({
    name: task.attributes.TaskDesignator,
    logs: task.attributes.TimeLog.map((log) => {
      const read = log.parseBinaryFile();
      return {
        errors: read.errors || read.warnings || [],
        records: read.timeLogs.map((l) => ({ t: l.time, north: l.position.PositionNorth, status: l.position.PositionStatus, east: l.position.PositionEast, values: l.values })),
      };
    }),
  }));
  console.log(JSON.stringify({ warnings: manager.getWarnings(), tasks }));
})().catch((error) => { console.error(error); process.exit(1); });
