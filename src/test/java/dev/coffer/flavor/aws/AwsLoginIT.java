package dev.coffer.flavor.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.coffer.flavor.MeanProxy;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Logging in at AWS as its own tools do, by the real command in a home and an environment of its own. Secrets Manager and STS
 * are moto, behind a proxy that remembers who signed what; single sign-on is a server of the tests.
 */
@Tag("servers")
class AwsLoginIT {
    private static final Path CHECKOUT = Path.of(System.getProperty("coffer.checkout"));
    private static final String ROLE = "arn:aws:iam::123456789012:role/coffer";
    /** In all that no message may have. */
    private static final String CANARY = "canary-7f3a";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private static Path store;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path home;

    private static final MeanProxy AWS = new MeanProxy(AwsServer.shared().address());

    private final AwsPortal portal = new AwsPortal();
    private final Map<String, String> environment = new TreeMap<>();

    private record Answer(int code, String out, String err) {
        void assertWorks() {
            assertEquals(0, code, err);
        }

        /** Unauthenticated, or out of reach. */
        void assertFails(String... words) {
            assertEquals(9, code, err);
            Arrays.stream(words).forEach(word -> assertTrue(err.contains(word), err));
            assertEquals(2, err.lines().count(), err);
        }
    }

    @BeforeAll
    static void registerSecretsManagers(@TempDir Path nobody) throws Exception {
        for (String line : """
                secrets-manager register usual --flavor aws --region=eu-central-1 --scope=global --endpoint=AWS
                secrets-manager register role --flavor aws --region=eu-central-1 --scope=global --endpoint=AWS --profile=role
                secrets-manager register hasty --flavor aws --region=eu-central-1 --endpoint=AWS --profile=role \
                --connect-timeout=1 --request-timeout=2
                secrets-manager register hasty-usual --flavor aws --region=eu-central-1 --endpoint=AWS --connect-timeout=1 \
                --request-timeout=2
                secrets-manager register sso --flavor aws --region=eu-central-1 --scope=global --endpoint=AWS --profile=sso
                secrets-manager register keys --flavor aws --region=eu-central-1 --endpoint=AWS --access-key-id=AKIAHERE \
                --secret-access-key=nothing
                stack register role --secrets-manager role
                """.lines().toList()) {
            List<String> words =
                    List.of(line.replace("AWS", AWS.address().toString()).split(" +"));
            run(nobody, Map.of(), words).assertWorks();
        }
    }

    @AfterEach
    void tearDown() {
        portal.close();
        AWS.forgetRequests();
    }

    // Running

    private Answer coffer(String... words) throws Exception {
        Answer answer = run(home, environment, List.of(words));
        assertFalse((answer.out() + answer.err()).contains(CANARY), answer.toString());
        assertFalse(answer.err().contains("at software.amazon"), answer.err());
        return answer;
    }

    private Answer check(String manager) throws Exception {
        return coffer("secrets-manager", "check", manager);
    }

    private static Answer run(Path home, Map<String, String> environment, List<String> words) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(CHECKOUT.resolve("bin/coffer").toString()));
        command.addAll(words);
        return run(home, environment, new ProcessBuilder(command));
    }

    private static Answer run(Path home, Map<String, String> environment, ProcessBuilder command) throws Exception {
        command.environment().clear();
        command.environment()
                .putAll(Map.of(
                        "HOME", home.toString(),
                        "PATH", "/usr/bin:/bin",
                        "COFFER_HOME", store.toString(),
                        "COFFER_ARCHIVE", "off",
                        "COFFER_JAVA_HOME", System.getProperty("java.home"),
                        "AWS_EC2_METADATA_DISABLED", "true",
                        "AWS_MAX_ATTEMPTS", "1"));
        command.environment().putAll(environment);
        Path err = Files.createTempFile(home, "err", null);
        Process process = command.redirectError(err.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Answer(process.waitFor(), out, Files.readString(err));
    }

    private void config(String text) throws IOException {
        Files.createDirectories(home.resolve(".aws"));
        Files.writeString(home.resolve(".aws/config"), text);
    }

    /** The access keys that signed requests to a service, the first one first. */
    private static List<String> signers(String service) {
        return AWS.requests().stream()
                .map(request -> request.headers().entrySet().stream()
                        .filter(header -> header.getKey().equalsIgnoreCase("authorization"))
                        .map(header -> header.getValue().get(0))
                        .findFirst()
                        .orElse("nobody/date/region/" + (service.equals("sts") ? "sts" : "none") + "/"))
                .filter(signature -> signature.contains("/" + service + "/"))
                .map(signature -> signature.replaceAll(".*Credential=([A-Z0-9]*)/.*", "$1"))
                .distinct()
                .toList();
    }

    private void assertSignedByATemporaryKey() {
        List<String> signers = signers("secretsmanager");
        assertEquals(1, signers.size(), signers.toString());
        assertTrue(signers.get(0).startsWith("ASIA"), signers.toString());
    }

    // Roles

    private void roleOfAnotherProfile() throws IOException {
        config("""
                [profile base]
                aws_access_key_id = AKIABASE
                aws_secret_access_key = %s
                [profile role]
                role_arn = %s
                source_profile = base
                region = eu-central-1
                """.formatted(CANARY, ROLE));
    }

    @Test
    void profileWithARole_assumesIt_andItsKeySignsAllElse() throws Exception {
        roleOfAnotherProfile();
        environment.put("AWS_ENDPOINT_URL_STS", AWS.address().toString());

        coffer("secret", "register", "db", "--password=p1", "--stack", "role").assertWorks();
        assertEquals(
                "p1",
                coffer("secret", "get", "db", "--key", "password", "--stack", "role")
                        .out());
        coffer("secret", "delete", "db", "--yes", "--stack", "role").assertWorks();

        assertEquals(List.of("AKIABASE"), signers("sts"));
        assertTrue(signers("secretsmanager").stream().allMatch(key -> key.startsWith("ASIA")));
        assertEquals(3, signers("secretsmanager").size(), "each command logs in anew");
    }

    /** What the attribute endpoint names is Secrets Manager alone: STS stays AWS's own, with TLS. */
    @Test
    void endpointOfTheComponent_isNotThatOfTheLogin() throws Exception {
        roleOfAnotherProfile();
        List<String> asked = new CopyOnWriteArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                while (true) {
                    try (Socket client = proxy.accept()) {
                        asked.add(new BufferedReader(new InputStreamReader(client.getInputStream(), UTF_8)).readLine());
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
            environment.put(
                    "COFFER_JAVA_OPTS", "-Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort=" + proxy.getLocalPort());
            check("role").assertFails("the login cannot be reached");
        }
        assertTrue(asked.stream().allMatch(line -> line.startsWith("CONNECT sts.eu-central-1.amazonaws.com:443")));
        assertFalse(asked.isEmpty());
        assertEquals(List.of(), AWS.requests());
    }

    /** The section counts of the profile that AWS_PROFILE names, and not of the attribute's: so it is in the SDK. */
    @Test
    void servicesOfTheProfile_nameTheServerOfTheLogin() throws Exception {
        roleOfAnotherProfile();
        Files.writeString(
                home.resolve(".aws/config"),
                Files.readString(home.resolve(".aws/config")) + """
                services = offline
                [services offline]
                sts =
                  endpoint_url = %s
                """.formatted(AWS.address()));
        environment.put("AWS_PROFILE", "role");
        check("usual").assertWorks();
        assertEquals(List.of("AKIABASE"), signers("sts"));
        assertSignedByATemporaryKey();
        AWS.forgetRequests();
        check("role").assertWorks();
        assertSignedByATemporaryKey();
    }

    @ParameterizedTest
    @CsvSource({
        "403, AccessDenied, the role may not be used: AccessDenied",
        "403, InvalidClientTokenId, the credentials for the login are not valid: InvalidClientTokenId",
        "400, ExpiredTokenException, the login has expired: ExpiredTokenException",
        "400, NeverHeardOf, the login failed: status 400"
    })
    void roleThatIsRefused_isToldAsSuch(int status, String code, String words) throws Exception {
        roleOfAnotherProfile();
        environment.put("AWS_ENDPOINT_URL_STS", portal.address());
        portal.refuseRole(status, code, "not with " + CANARY);
        check("role").assertFails(words, "request r-1");
        environment.put("AWS_PROFILE", "role");
        check("usual").assertFails(words, "request r-1");
        assertEquals(List.of(), AWS.requests());
    }

    @Test
    void profileThatIsNotThere_isToldAsSuch() throws Exception {
        config("[default]\nregion = eu-central-1\n");
        check("role").assertFails("the profile is in none of AWS's files", "check the attribute profile");
        check("usual").assertFails("there are no credentials", "aws sso login");
    }

    @Test
    void fileThatCannotBeRead_isNotQuoted() throws Exception {
        config("[profile role\nrole_arn = " + CANARY + "\n= " + CANARY + "\n");
        for (String manager : List.of("role", "usual", "keys")) {
            Answer answer = check(manager);
            assertEquals(7, answer.code(), answer.err());
            assertTrue(answer.err().contains("check ~/.aws/config"), answer.err());
        }
    }

    // Without encryption

    @ParameterizedTest
    @ValueSource(
            strings = {"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL"})
    void loginWithoutEncryption_isRefused(String variable) throws Exception {
        roleOfAnotherProfile();
        environment.put(variable, "http://192.0.2.1/");
        Answer answer = check("role");
        assertEquals(7, answer.code(), answer.err());
        assertTrue(answer.err().contains("without encryption"), answer.err());
        assertTrue(answer.err().contains(variable), answer.err());
        check("keys").assertWorks();
    }

    @Test
    void loginAtThisMachine_behindAProxy_isRefused() throws Exception {
        roleOfAnotherProfile();
        environment.put("AWS_ENDPOINT_URL_STS", AWS.address().toString());
        environment.put("HTTP_PROXY", "http://192.0.2.1:8080");
        Answer answer = check("role");
        assertEquals(7, answer.code(), answer.err());
        assertTrue(answer.err().contains("not behind a proxy"), answer.err());
        environment.put("NO_PROXY", "127.0.0.1");
        check("role").assertWorks();
    }

    // Single sign-on

    /** A session as {@code aws sso login} leaves it, with the token that was got last. */
    private Path session(Instant expires, String more) throws Exception {
        config("""
                [profile sso]
                sso_session = corp
                sso_account_id = 123456789012
                sso_role_name = dev
                region = eu-central-1
                [sso-session corp]
                sso_region = eu-central-1
                sso_start_url = https://corp.example/start
                """);
        environment.put("AWS_ENDPOINT_URL_SSO", portal.address());
        environment.put("AWS_ENDPOINT_URL_SSO_OIDC", portal.address());
        Path cache = Files.createDirectories(home.resolve(".aws/sso/cache"));
        String name =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest("corp".getBytes(UTF_8)));
        return Files.writeString(cache.resolve(name + ".json"), """
                {"accessToken":"old-%s","expiresAt":"%s","region":"eu-central-1","startUrl":"https://corp.example/start"%s}""".formatted(CANARY, expires, more));
    }

    private static String refreshable() {
        return ",\"refreshToken\":\"r-%s\",\"clientId\":\"c\",\"clientSecret\":\"s-%s\",\"registrationExpiresAt\":\"%s\""
                .formatted(CANARY, CANARY, Instant.now().plus(Duration.ofDays(30)));
    }

    private static Instant inHours(long hours) {
        return Instant.now().plus(Duration.ofHours(hours));
    }

    private void grant() {
        portal.answer("/federation/credentials", 200, """
                {"roleCredentials":{"accessKeyId":"ASIASSO","secretAccessKey":"%s","sessionToken":"%s","expiration":%d}}""".formatted(
                        CANARY, CANARY, inHours(1).toEpochMilli()));
    }

    @Test
    void singleSignOn_getsTheRolesKey_forTheTokenOfTheSession() throws Exception {
        session(inHours(8), "");
        grant();
        check("sso").assertWorks();
        environment.put("AWS_PROFILE", "sso");
        check("usual").assertWorks();
        assertEquals(List.of("ASIASSO"), signers("secretsmanager"));
        assertEquals(
                List.of("old-" + CANARY, "old-" + CANARY),
                portal.requests().stream().map(AwsPortal.Request::bearer).toList());
    }

    @Test
    void tokenThatIsAlmostOver_isRenewed_andKeptForTheUserAlone() throws Exception {
        Path file = session(Instant.now().plusSeconds(30), refreshable());
        grant();
        portal.answer(
                "/token",
                200,
                "{\"accessToken\":\"new-%s\",\"expiresIn\":28800,\"refreshToken\":\"r2\",\"tokenType\":\"Bearer\"}"
                        .formatted(CANARY));
        check("sso").assertWorks();
        assertEquals(
                List.of("/token", "/federation/credentials"),
                portal.requests().stream().map(AwsPortal.Request::path).toList());
        assertEquals("new-" + CANARY, portal.requests().get(1).bearer());
        assertTrue(Files.readString(file).contains("new-" + CANARY));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void sessionThatIsOver_saysHowToLogIn() throws Exception {
        session(inHours(-1), "");
        check("sso").assertFails("the login has expired, or never was", "aws sso login");
        environment.put("AWS_PROFILE", "sso");
        check("usual").assertFails("the login has expired, or never was", "aws sso login");
        assertEquals(List.of(), portal.requests());
    }

    @Test
    void sessionThatNeverBegan_saysHowToLogIn() throws Exception {
        Files.delete(session(inHours(8), ""));
        check("sso").assertFails("the login has expired, or never was", "aws sso login");
    }

    @Test
    void sessionThatCannotBeRenewed_saysHowToLogIn() throws Exception {
        session(inHours(-1), refreshable());
        portal.refuse("/token", 400, "InvalidGrantException", "no " + CANARY);
        check("sso").assertFails("the login has expired", "aws sso login");
    }

    @ParameterizedTest
    @CsvSource({
        "401, UnauthorizedException, the login has expired: UnauthorizedException, aws sso login",
        "403, ForbiddenException, the role may not be used: ForbiddenException, sso_role_name"
    })
    void portalThatRefuses_isToldAsSuch(int status, String code, String words, String hint) throws Exception {
        session(inHours(8), "");
        portal.refuse("/federation/credentials", status, code, "not with " + CANARY);
        check("sso").assertFails(words, hint);
    }

    @Test
    void portalThatIsGone_isToldAsSuch() throws Exception {
        session(inHours(8), "");
        portal.close();
        check("sso").assertFails("the login cannot be reached", "AWS_ENDPOINT_URL_SSO");
    }

    /** A profile with the address and no session, as older files have it; and a role on top of it. */
    @Test
    void roleOnTopOfSingleSignOn_isAssumedByItsKey() throws Exception {
        Path file = session(inHours(8), "");
        config("""
                [profile corp]
                sso_start_url = https://corp.example/start
                sso_region = eu-central-1
                sso_account_id = 123456789012
                sso_role_name = dev
                [profile role]
                role_arn = %s
                source_profile = corp
                region = eu-central-1
                """.formatted(ROLE));
        String name = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-1").digest("https://corp.example/start".getBytes(UTF_8)));
        Files.copy(file, file.resolveSibling(name + ".json"));
        environment.put("AWS_ENDPOINT_URL_STS", AWS.address().toString());
        grant();
        check("role").assertWorks();
        assertEquals(List.of("ASIASSO"), signers("sts"));
        assertSignedByATemporaryKey();

        Files.delete(file.resolveSibling(name + ".json"));
        check("role").assertFails("the login has expired, or never was", "aws sso login");
    }

    // Programs and tokens of others

    private void program(String script) throws IOException {
        Path program = Files.writeString(home.resolve("credentials"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        config("[profile role]\ncredential_process = " + program + "\n");
    }

    @Test
    void program_givesCredentials() throws Exception {
        program(
                "echo '{\"Version\":1,\"AccessKeyId\":\"ASIAPROGRAM\",\"SecretAccessKey\":\"%s\",\"SessionToken\":\"%s\"}'"
                        .formatted(CANARY, CANARY));
        check("role").assertWorks();
        assertEquals(List.of("ASIAPROGRAM"), signers("secretsmanager"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"echo CANARY; echo CANARY >&2; exit 3", "echo '{\"Version\":1,\"SecretAccessKey\":\"CANARY\"}'"})
    void programThatFails_isNotQuoted(String script) throws Exception {
        program(script.replace("CANARY", CANARY));
        check("role").assertFails("there are no credentials");
    }

    // Logins that wait

    /** As one that asks for a code, or that waits for a network which is gone. */
    @Test
    void programThatWaits_isNotWaitedForWithoutEnd() throws Exception {
        Path runs = home.resolve("runs");
        program("echo run >>" + runs + "; exec sleep 60");
        environment.put("AWS_PROFILE", "role");
        for (String manager : List.of("hasty", "hasty-usual")) {
            long started = System.nanoTime();
            check(manager)
                    .assertFails(
                            "the login with the profile role took longer than 3 seconds",
                            "credential_process",
                            "request-timeout");
            assertTrue(Duration.ofNanos(System.nanoTime() - started).toSeconds() < 40);
            assertEquals(List.of("run"), Files.readAllLines(runs), "it runs once");
            Files.delete(runs);
        }
        assertEquals(List.of(), AWS.requests());
    }

    @Test
    void programThatFails_isNotRunAgain() throws Exception {
        Path runs = home.resolve("runs");
        program("echo run >>" + runs + "; exit 3");
        environment.put("AWS_PROFILE", "role");
        check("usual").assertFails("there are no credentials");
        assertEquals(List.of("run"), Files.readAllLines(runs));
    }

    @Test
    void roleWhoseServerIsSilent_isNotWaitedForWithoutEnd() throws Exception {
        roleOfAnotherProfile();
        environment.put("AWS_PROFILE", "role");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:" + silent.getLocalPort());
            for (String manager : List.of("hasty", "hasty-usual")) {
                check(manager).assertFails("the login with the profile role took longer than 3 seconds");
            }
        }
    }

    /** As in a pod of Kubernetes whose service account stands for a role. */
    @Test
    void tokenOfAnotherIdentity_assumesTheRole() throws Exception {
        environment.put(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                Files.writeString(home.resolve("token"), "jwt-1").toString());
        environment.put("AWS_ROLE_ARN", ROLE);
        environment.put("AWS_REGION", "eu-central-1");
        environment.put("AWS_ENDPOINT_URL_STS", AWS.address().toString());
        check("usual").assertWorks();
        assertSignedByATemporaryKey();
        assertTrue(AWS.requests().stream()
                .map(request -> new String(request.body(), UTF_8))
                .anyMatch(body ->
                        body.contains("Action=AssumeRoleWithWebIdentity") && body.contains("WebIdentityToken=jwt-1")));

        environment.put("AWS_ENDPOINT_URL_STS", portal.address());
        portal.refuseRole(400, "ExpiredTokenException", "Token expired: " + CANARY);
        check("usual").assertFails("the login has expired: ExpiredTokenException", "renew the token's file");
    }

    // Classes

    @Test
    void classesOfTheSdk_areLoadedByWhatNeedsThem() throws Exception {
        roleOfAnotherProfile();
        environment.put("AWS_ENDPOINT_URL_STS", AWS.address().toString());
        coffer("secret", "register", "here", "--password=p1").assertWorks();
        assertEquals(List.of(), loaded("software/amazon/", "secret", "get", "here", "--key", "password"));
        assertEquals(List.of(), loaded("software/amazon/", "secrets-manager", "list"));
        assertEquals(List.of(), loaded("software/amazon/awssdk/services/s(ts|so)", "secrets-manager", "check", "keys"));
        assertFalse(loaded("software/amazon/awssdk/services/sts", "secrets-manager", "check", "role")
                .isEmpty());
    }

    private List<String> loaded(String pattern, String... words) throws Exception {
        Path log = home.resolve("classes");
        environment.put("COFFER_JAVA_OPTS", "-Xlog:class+load=info:file=" + log);
        coffer(words).assertWorks();
        environment.remove("COFFER_JAVA_OPTS");
        List<String> lines = Files.readAllLines(log);
        assertTrue(lines.stream().anyMatch(line -> line.contains("dev.coffer.cli.Main")), "the log is awake");
        Files.delete(log);
        return lines.stream()
                .filter(line -> line.replace('.', '/').matches(".*\\] " + pattern + ".*"))
                .toList();
    }

    /** As for a library user who added the SDK of Secrets Manager alone. */
    @Test
    void withoutTheLibraryOfTheLogin_saysWhichIsMissing() throws Exception {
        roleOfAnotherProfile();
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*/(sts|sso|ssooidc)-[0-9.]+\\.jar"))
                .collect(Collectors.joining(File.pathSeparator));
        Answer answer = run(
                home,
                environment,
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:disable",
                        "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                        "-Dslf4j.internal.verbosity=ERROR",
                        "-cp",
                        classPath,
                        "dev.coffer.cli.Main",
                        "secrets-manager",
                        "check",
                        "role"));
        assertEquals(9, answer.code(), answer.err()); // and newer JVMs warn of what bin/coffer allows
        assertTrue(answer.err().contains("a library for this login is missing"), answer.err());
        assertTrue(answer.err().contains("software.amazon.awssdk:sts"), answer.err());
    }
}
