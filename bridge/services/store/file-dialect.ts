// A database file for Kysely: what only reads is read here and at once, by a connection of its own; everything else, and whole
// transactions, run in the thread that writes (writer.ts). So neither a slow disk nor another program that holds the file keeps
// this thread, which serves calls; and who has awaited a change reads it.
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { runStatement } from "./run-statement.ts";
import type { CachedStatements } from "./statements.ts";
import type { Turn, Writer } from "./writer.ts";

export interface FileConnections {
  /** Cannot write. */
  readonly reader: CachedStatements;
  readonly writer: Writer;
}

export const fileDialect = (connections: FileConnections): Dialect => ({
  createDriver: () => new FileDriver(connections),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new FileAdapter(),
  createIntrospector: (database) => new SqliteIntrospector(database),
});

class FileAdapter extends SqliteAdapter {
  /** Reads do not wait for a transaction. Those that write take turns. */
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

class FileDriver implements Driver {
  readonly #connections: FileConnections;

  constructor(connections: FileConnections) {
    this.#connections = connections;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<FileConnection> {
    return new FileConnection(this.#connections);
  }

  beginTransaction(connection: FileConnection): Promise<void> {
    return connection.begin();
  }

  /** One that fails is rolled back next. */
  commitTransaction(connection: FileConnection): Promise<void> {
    return connection.commit();
  }

  rollbackTransaction(connection: FileConnection): Promise<void> {
    return connection.rollback();
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#connections.reader.close();
    await this.#connections.writer.close();
  }
}

const statement = (sql: string) => ({ sql, parameters: [] });
const onlyReads = (sql: string): boolean => /^\s*select\b/i.test(sql);

class FileConnection implements DatabaseConnection {
  readonly #connections: FileConnections;
  /** Of a transaction. */
  #turn: Turn | undefined;

  constructor(connections: FileConnections) {
    this.#connections = connections;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return (await this.#execute(query)) as QueryResult<Row>;
  }

  // biome-ignore lint/correctness/useYield: Kysely wants the method.
  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error("rows are not streamed");
  }

  async begin(): Promise<void> {
    const turn = await this.#connections.writer.turn();
    try {
      await turn.run(statement("begin"));
      this.#turn = turn;
    } catch (error) {
      turn.end();
      throw error;
    }
  }

  async commit(): Promise<void> {
    await this.#turn?.run(statement("commit"));
    this.#endTurn();
  }

  async rollback(): Promise<void> {
    try {
      await this.#turn?.run(statement("rollback"));
    } finally {
      this.#endTurn();
    }
  }

  #endTurn(): void {
    this.#turn?.end();
    this.#turn = undefined;
  }

  async #execute(query: CompiledQuery): Promise<QueryResult<unknown>> {
    if (this.#turn) return this.#turn.run(query);
    if (onlyReads(query.sql)) return runStatement(this.#connections.reader, query);
    const turn = await this.#connections.writer.turn();
    try {
      return await turn.run(query);
    } finally {
      turn.end();
    }
  }
}
