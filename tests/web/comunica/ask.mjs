// Asks an endpoint with Comunica and prints the answer as JSON: rows, yes or no, or the triples' number.
//
//     node ask.mjs ADDRESS QUERY
import { QueryEngine } from "@comunica/query-sparql";

const [address, query] = process.argv.slice(2);
const answer = await new QueryEngine().query(query, { sources: [{ type: "sparql", value: address }] });

async function given() {
  if (answer.resultType === "boolean") return await answer.execute();
  const stream = await answer.execute();
  const found = await stream.toArray();
  if (answer.resultType === "quads") return found.length;
  return found.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value])));
}

process.stdout.write(JSON.stringify(await given()));
