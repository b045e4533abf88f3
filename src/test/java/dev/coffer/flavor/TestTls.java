package dev.coffer.flavor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.TBSCertificate;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.jspecify.annotations.Nullable;

/**
 * PEM files for servers and clients with TLS: an authority of its own, made anew each time, and a certificate with its key
 * (PKCS #8) for a server and for a client.
 *
 * @param authority the authority's certificate
 * @param serverCertificate for one host
 * @param serverKey its private key
 * @param clientCertificate for any client
 * @param clientKey its private key
 * @param clientContext trusts the authority alone, and shows the client's certificate
 * @param serverContext shows the server's certificate
 */
public record TestTls(
        Path authority,
        Path serverCertificate,
        Path serverKey,
        Path clientCertificate,
        Path clientKey,
        SSLContext clientContext,
        SSLContext serverContext) {
    private static final String AUTHORITY = "CN=authority of the tests";
    private static final AlgorithmIdentifier SHA256_ECDSA =
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);

    /**
     * Makes the files.
     *
     * @param folder an empty one
     * @param host the server's IPv4 address or name
     */
    public static TestTls create(Path folder, String host) {
        try {
            KeyPair authorityKeys = newKeys();
            KeyPair serverKeys = newKeys();
            KeyPair clientKeys = newKeys();
            Certificate authority = certificate(AUTHORITY, authorityKeys, authorityKeys, extensions(true, null));
            Certificate server = certificate("CN=server", serverKeys, authorityKeys, extensions(false, host));
            Certificate client = certificate("CN=client", clientKeys, authorityKeys, extensions(false, null));
            return new TestTls(
                    pem(folder.resolve("authority.pem"), "CERTIFICATE", authority.getEncoded()),
                    pem(folder.resolve("server.pem"), "CERTIFICATE", server.getEncoded()),
                    pem(
                            folder.resolve("server-key.pem"),
                            "PRIVATE KEY",
                            serverKeys.getPrivate().getEncoded()),
                    pem(folder.resolve("client.pem"), "CERTIFICATE", client.getEncoded()),
                    pem(
                            folder.resolve("client-key.pem"),
                            "PRIVATE KEY",
                            clientKeys.getPrivate().getEncoded()),
                    context(authority, client, clientKeys),
                    context(authority, server, serverKeys));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static Extensions extensions(boolean isAuthority, @Nullable String host) throws IOException {
        ExtensionsGenerator extensions = new ExtensionsGenerator();
        extensions.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        if (host != null) {
            int kind = host.matches("[0-9.]+") ? GeneralName.iPAddress : GeneralName.dNSName;
            extensions.addExtension(
                    Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(kind, host)));
        }
        return extensions.generate();
    }

    private static Certificate certificate(String name, KeyPair keys, KeyPair signer, Extensions extensions)
            throws GeneralSecurityException, IOException {
        Instant now = Instant.now();
        V3TBSCertificateGenerator generator = new V3TBSCertificateGenerator();
        generator.setSerialNumber(new ASN1Integer(new BigInteger(64, new SecureRandom()).add(BigInteger.ONE)));
        generator.setIssuer(new X500Name(AUTHORITY));
        generator.setSubject(new X500Name(name));
        generator.setStartDate(new Time(Date.from(now.minus(Duration.ofHours(1)))));
        generator.setEndDate(new Time(Date.from(now.plus(Duration.ofDays(1)))));
        generator.setSignature(SHA256_ECDSA);
        generator.setSubjectPublicKeyInfo(
                SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
        generator.setExtensions(extensions);
        TBSCertificate content = generator.generateTBSCertificate();

        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(signer.getPrivate());
        signature.update(content.getEncoded());
        ASN1EncodableVector whole = new ASN1EncodableVector();
        whole.add(content);
        whole.add(SHA256_ECDSA);
        whole.add(new DERBitString(signature.sign()));
        return CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(new DERSequence(whole).getEncoded()));
    }

    private static Path pem(Path file, String label, byte[] content) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String text = "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
        return Files.writeString(file, text, US_ASCII);
    }

    private static SSLContext context(Certificate authority, Certificate shows, KeyPair keys)
            throws GeneralSecurityException, IOException {
        char[] none = new char[0];
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, none);
        trusted.setCertificateEntry("authority", authority);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, none);
        own.setKeyEntry("own", keys.getPrivate(), none, new Certificate[] {shows, authority});

        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory shown = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        shown.init(own, none);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(shown.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
