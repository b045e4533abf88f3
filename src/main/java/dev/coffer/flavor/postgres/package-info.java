/**
 * The flavor {@code postgres}: secrets as ciphertext in PostgreSQL. The server sees neither keys nor values.
 *
 * <pre>
 * PostgresSecretsManager ─ TargetAccess ─ TargetMigration     tables, keyring and key slots, made by the first write
 *           │                   │
 *      SecretChange ───── TargetKeys                          seals, opens, signs and checks rows
 *           │
 *      TargetTables ─ PostgresSession ─ PostgresConnector     SQL; one connection, its losses and its retries
 * </pre>
 *
 * <p>A target has an identity, a keyring and key slots of its own: the keys of the store on this machine never open it,
 * and its keys never open that store.
 */
@NullMarked
package dev.coffer.flavor.postgres;

import org.jspecify.annotations.NullMarked;
