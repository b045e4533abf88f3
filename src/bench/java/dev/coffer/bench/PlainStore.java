package dev.coffer.bench;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The floor: coffer's own tables with coffer's own pragmas, by JDBC and JCE alone. What is encrypted has the lengths that
 * coffer's has, under keys that are known here.
 */
final class PlainStore implements AutoCloseable {
    private static final int PREFIX = 5; // of Tink, with the id of the key
    private static final int FORMAT = 1;
    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int DEK = 33; // a byte for the algorithm, and the key
    private static final byte[] ASSOCIATED_DATA = new byte[129]; // as long as coffer's for a secret of any keys

    private final Connection connection;
    private final byte[] kek = new byte[32];

    PlainStore(Path home) throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite:" + Stores.database(home));
        for (String pragma : List.of(
                "busy_timeout = 60000",
                "foreign_keys = true",
                "synchronous = FULL",
                "secure_delete = true",
                "cache_size = -32768",
                "temp_store = MEMORY",
                "journal_mode = WAL")) {
            run("PRAGMA " + pragma);
        }
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    Connection connection() {
        return connection;
    }

    PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /** The component that has most secrets: the one that the benchmark filled. */
    byte[] component() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT component_id FROM secret GROUP BY component_id ORDER BY count(*) DESC LIMIT 1")) {
            row.next();
            return row.getBytes(1);
        }
    }

    /** Encrypts every version anew, under keys of this floor. */
    void seal() throws SQLException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        connection.setAutoCommit(false);
        try (PreparedStatement select =
                        prepare("SELECT secret_id, version, length(payload), kek_id FROM secret_version");
                PreparedStatement update = prepare(
                        "UPDATE secret_version SET wrapped_dek = ?, payload = ? WHERE secret_id = ? AND version = ?");
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                byte[] dek = new byte[DEK];
                random.nextBytes(dek);
                byte[] content = new byte[rows.getInt(3) - FORMAT - NONCE - TAG];
                update.setBytes(1, encrypt(kek, dek, PREFIX, random));
                update.setBytes(2, encrypt(Arrays.copyOfRange(dek, 1, DEK), content, FORMAT, random));
                update.setBytes(3, rows.getBytes(1));
                update.setLong(4, rows.getLong(2));
                update.executeUpdate();
            }
        }
        connection.commit();
        connection.setAutoCommit(true);
    }

    private static byte[] encrypt(byte[] key, byte[] clear, int prefix, SecureRandom random)
            throws GeneralSecurityException {
        byte[] nonce = new byte[NONCE];
        random.nextBytes(nonce);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG, nonce));
        cipher.updateAAD(ASSOCIATED_DATA);
        byte[] sealed = new byte[prefix + NONCE + clear.length + TAG];
        System.arraycopy(nonce, 0, sealed, prefix, NONCE);
        cipher.doFinal(clear, 0, clear.length, sealed, prefix + NONCE);
        return sealed;
    }

    /** Opens the wrapped DEK, and with it the payload. */
    byte[] open(byte[] wrapped, byte[] payload) throws GeneralSecurityException {
        byte[] dek = decrypt(kek, wrapped, PREFIX);
        return decrypt(Arrays.copyOfRange(dek, 1, DEK), payload, FORMAT);
    }

    private static byte[] decrypt(byte[] key, byte[] sealed, int prefix) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(8 * TAG, sealed, prefix, NONCE));
        cipher.updateAAD(ASSOCIATED_DATA);
        return cipher.doFinal(sealed, prefix + NONCE, sealed.length - prefix - NONCE);
    }

    /** Rows of a query as they are. */
    List<Object[]> rows(String sql) throws SQLException {
        List<Object[]> all = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                Object[] row = new Object[columns];
                for (int i = 0; i < columns; i++) {
                    row[i] = rows.getObject(i + 1);
                }
                all.add(row);
            }
        }
        return all;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
