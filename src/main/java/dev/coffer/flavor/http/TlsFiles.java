package dev.coffer.flavor.http;

import dev.coffer.secrets.StoreFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Files of certificates, PEM.
 *
 * @param authorities whom to trust; those of the JDK if empty
 * @param certificate the client's own chain
 * @param key its private key
 */
public record TlsFiles(Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");

    /** No file: the JDK's own authorities, and no certificate to show. */
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Reads the files.
     *
     * @throws StoreFileException if a file cannot be read, or holds something else
     */
    SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            TrustManager[] trust = authorities.isPresent() ? trusting(authorities.get()) : null;
            KeyManager[] keys =
                    certificate.isPresent() && key.isPresent() ? client(certificate.get(), key.get()) : null;
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    private static TrustManager[] trusting(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        int n = 0;
        for (Certificate certificate : certificates(file)) {
            store.setCertificateEntry("authority " + n++, certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] client(Path certificate, Path key) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        PrivateKey own = privateKey(key);
        Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
        try {
            store.setKeyEntry("client", own, new char[0], chain);
        } catch (KeyStoreException | IllegalArgumentException e) {
            throw new StoreFileException(
                    "the certificates in " + certificate + " are no chain of the key in " + key,
                    certificate.toString(),
                    "put the client's own certificate first, and then the one that signed it",
                    e);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file) throws GeneralSecurityException {
        byte[] content = read(file);
        Collection<? extends Certificate> found;
        try {
            found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(content));
        } catch (java.security.cert.CertificateException e) {
            found = List.of();
        }
        if (found.isEmpty()) {
            throw new StoreFileException(
                    "there is no certificate in " + file, file.toString(), "name a file of certificates in PEM");
        }
        return found;
    }

    private static PrivateKey privateKey(Path file) throws GeneralSecurityException {
        byte[] content = read(file);
        byte[] der = {};
        try {
            Matcher pem = KEY.matcher(new String(content, StandardCharsets.ISO_8859_1));
            if (pem.find()) {
                der = decoded(pem.group(1));
            }
            for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
                } catch (InvalidKeySpecException e) {
                    // A key of another algorithm, or none.
                }
            }
        } finally {
            Arrays.fill(content, (byte) 0);
            Arrays.fill(der, (byte) 0);
        }
        throw new StoreFileException(
                "there is no private key in " + file,
                file.toString(),
                "it has to be in PEM as PKCS #8, and not encrypted: 'openssl pkcs8 -topk8 -nocrypt' makes it that");
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0]; // no key, as the caller says
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StoreFileException(
                    "the file " + file + " cannot be read", file.toString(), "check the path and its permissions", e);
        }
    }
}
