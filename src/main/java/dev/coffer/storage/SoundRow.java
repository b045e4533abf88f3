package dev.coffer.storage;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/**
 * A live secret's head and current version as one query reads them where the database is of one mind: the newest version
 * is the one that the head names and has its type, the head is the log's last word on the secret, and all ids, digests, MACs and DEKs have the lengths that coffer writes. Where it is not, nothing is read,
 * and {@link SecretTable#findCurrent} shows what there is.
 *
 * <p>The driver takes a fiftieth of a read for each column, so that they come in two:
 *
 * <pre>
 * version created updated sequence version-created version-sequence kek-id schema-type     text, a space between
 * secret-id (16) ‖ digest (32) ‖ mac (37) ‖ wrapped-dek (66) ‖ payload                     bytes
 * </pre>
 */
final class SoundRow {
    private static final int DIGEST_BYTES = 32;
    private static final int MAC_BYTES = 37;
    private static final int DEK_BYTES = 66;

    /** Parameters: the component's id and the name. The newest version comes first. */
    static final String SQL = "SELECT CASE WHEN v.version = s.version AND v.schema_type = s.schema_type"
            + " AND v.deleted = 0 AND s.sequence = " + SecretTable.LAST_CHANGE
            + " AND length(s.secret_id) = 16 AND length(s.digest) = " + DIGEST_BYTES
            + " AND length(s.mac) = " + MAC_BYTES + " AND length(v.wrapped_dek) = " + DEK_BYTES
            + " THEN s.version || ' ' || s.created || ' ' || s.updated || ' ' || s.sequence || ' ' || v.created"
            + " || ' ' || v.sequence || ' ' || v.kek_id || ' ' || s.schema_type END AS n,"
            + " CAST(s.secret_id || s.digest || s.mac || v.wrapped_dek || v.payload AS BLOB) AS b"
            + " FROM secret s JOIN secret_version v ON v.secret_id = s.secret_id"
            + " WHERE s.component_id = ?1 AND s.name = ?2 AND s.deleted = 0 ORDER BY v.version DESC LIMIT 1";

    private SoundRow() {}

    /** The row; empty if it is not sound. What was asked for is not asked back: the MAC covers the name asked for. */
    static Optional<CurrentRow> read(ResultSet row, UUID componentId, String name) throws SQLException {
        String text = row.getString(1);
        if (text == null) {
            return Optional.empty();
        }
        Fields fields = new Fields(text);
        ByteBuffer bytes = ByteBuffer.wrap(row.getBytes(2));
        UUID secretId = new UUID(bytes.getLong(), bytes.getLong());
        long version = fields.number();
        long created = fields.number();
        long updated = fields.number();
        long sequence = fields.number();
        long versionCreated = fields.number();
        long versionSequence = fields.number();
        int kekId = Statements.kekId(fields.number());
        String type = fields.rest();
        byte[] digest = next(bytes, DIGEST_BYTES);
        byte[] mac = next(bytes, MAC_BYTES);
        byte[] wrappedDek = next(bytes, DEK_BYTES);
        byte[] payload = next(bytes, bytes.remaining());
        return Optional.of(new CurrentRow(
                new HeadRow(secretId, componentId, name, version, false, type, created, updated, sequence, digest, mac),
                new VersionRow(
                        secretId, version, type, versionCreated, false, versionSequence, kekId, wrappedDek, payload),
                version));
    }

    private static byte[] next(ByteBuffer bytes, int length) {
        byte[] next = new byte[length];
        bytes.get(next);
        return next;
    }

    /** Numbers with a space behind each, and a text. */
    private static final class Fields {
        private final String text;
        private int at;

        Fields(String text) {
            this.text = text;
        }

        long number() {
            int end = text.indexOf(' ', at);
            long number = Long.parseLong(text, at, end, 10);
            at = end + 1;
            return number;
        }

        String rest() {
            return text.substring(at);
        }
    }
}
