package dev.coffer.flavor.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.coffer.component.ComponentDefinition;
import dev.coffer.component.ComponentType;
import dev.coffer.schema.SchemaCatalog;
import dev.coffer.secrets.SecretsManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The SDK takes each variable from a system property of its own first: a test can set those. */
class AwsPlaceTest {
    /** Of one account. */
    private static final String KEY = "AKIARTX3GSDSQAAQEAYE";

    private static final String NEXT_KEY = "AKIARTX3GSDSQD7QECIE";
    private static final String TEMPORARY_KEY = "ASIARTX3GSDSQD7QECIE";

    /** Of another account. */
    private static final String OTHER_KEY = "AKIAWO645SY5AAAQEAYE";

    @TempDir
    Path folder;

    private final Map<String, String> before = new HashMap<>();

    @BeforeEach
    void useFilesOfThisTest() throws Exception {
        Path config = folder.resolve("config");
        Files.writeString(config, """
                [default]
                region = eu-central-1
                [profile staging]
                region = eu-west-1
                [profile prod]
                region = eu-west-1
                [profile near]
                region = eu-west-1
                endpoint_url = https://near.example.org
                """);
        set("aws.configFile", config.toString());
        set("aws.sharedCredentialsFile", folder.resolve("credentials").toString());
        for (String unset : List.of("aws.profile", "aws.region", "aws.accessKeyId", "aws.roleArn")) {
            set(unset, ""); // whatever variables there are where this runs
        }
    }

    @AfterEach
    void restore() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
    }

    private void set(String property, String value) {
        if (!before.containsKey(property)) {
            before.put(property, System.getProperty(property));
        }
        System.setProperty(property, value);
    }

    private String place(String... attributes) {
        Map<String, String> all = new HashMap<>();
        for (String attribute : attributes) {
            all.put(attribute.substring(0, attribute.indexOf('=')), attribute.substring(attribute.indexOf('=') + 1));
        }
        ComponentDefinition team =
                new ComponentDefinition(ComponentType.SECRETS_MANAGER, "aws", "team", new UUID(4, 8), all);
        try (SecretsManager manager = new AwsFlavor().create(team, SchemaCatalog.builtIn())) {
            return manager.place().orElseThrow();
        }
    }

    private void setKey(String id) {
        set("aws.accessKeyId", id);
        set("aws.secretAccessKey", "canary-secret");
    }

    @Test
    void sameAttributes_areSamePlace() {
        assertEquals(place(), place());
        assertEquals(place("region=eu-central-1"), place(), "the same region, by another way");
    }

    @ParameterizedTest
    @CsvSource({
        "aws.profile, staging",
        "aws.region, us-east-1",
        "aws.endpointUrl, https://other.example.org",
        "aws.endpointUrlSecretsManager, https://other.example.org",
    })
    void anotherEnvironment_isAnotherPlace(String property, String value) {
        String here = place();
        set(property, value);
        assertNotEquals(here, place());
    }

    @Test
    void twoProfilesOfOneRegion_areTwoPlaces() {
        set("aws.profile", "staging");
        String staging = place();
        set("aws.profile", "prod");
        assertNotEquals(staging, place());
        assertEquals(staging, place("profile=staging"), "the same profile, by another way");
    }

    @Test
    void attributes_countMoreThanTheEnvironment() {
        String fixed = place("region=eu-west-3", "profile=prod", "endpoint=https://mine.example.org");
        set("aws.region", "us-east-1");
        set("aws.profile", "staging");
        set("aws.endpointUrl", "https://other.example.org");
        setKey(KEY);
        assertEquals(fixed, place("region=eu-west-3", "profile=prod", "endpoint=https://mine.example.org"));
    }

    @Test
    void endpointOfTheProfile_counts() {
        String far = place("profile=staging");
        assertNotEquals(far.replace("staging", "near"), place("profile=near"));
    }

    @Test
    void keyInTheEnvironment_isItsAccount_andNoCredential() {
        String byProfile = place();
        setKey(KEY);
        String one = place();
        assertNotEquals(byProfile, one);
        assertFalse(one.contains(KEY) || one.contains("canary"), one);
        setKey(NEXT_KEY);
        assertEquals(one, place(), "a rotated key");
        setKey(TEMPORARY_KEY);
        assertEquals(one, place(), "a session");
        setKey(OTHER_KEY);
        assertNotEquals(one, place());
    }

    @Test
    void keyInAttributes_isItsAccount() {
        String one = place("access-key-id=" + KEY, "secret-access-key=canary-1");
        assertEquals(one, place("access-key-id=" + NEXT_KEY, "secret-access-key=canary-2"));
        assertNotEquals(one, place("access-key-id=" + OTHER_KEY, "secret-access-key=canary-1"));
        assertFalse(one.contains("canary"), one);
    }

    @Test
    void roleOfTheEnvironment_isAPlace() {
        String byProfile = place();
        set("aws.roleArn", "arn:aws:iam::111122223333:role/app");
        assertEquals(byProfile, place(), "it is used with a token alone");
        set("aws.webIdentityTokenFile", "token");
        String one = place();
        assertNotEquals(byProfile, one);
        set("aws.roleArn", "arn:aws:iam::444455556666:role/app");
        assertNotEquals(one, place());
    }

    @Test
    void filesThatCannotBeRead_areNoError() throws Exception {
        Files.writeString(folder.resolve("config"), "no such format");
        assertEquals(place("prefix=a/"), place("prefix=a/"));
        assertNotEquals(place("prefix=a/"), place("prefix=b/"));
    }

    @ParameterizedTest
    @CsvSource({
        "ASIAQNZGKIQY56JQ7WML, 29608264753",
        "AKIARTX3GSDSQAAQEAYE, 111122223333",
        "AKIAWO645SY5AAAQEAYE, 444455556666",
        "AKIAIOSFODNN7EXAMPLE, AKIAIOSFODNN7EXAMPLE",
        "testing, testing"
    })
    void accountOfAKey_isRead_whereThereIsOne(String key, String account) {
        assertEquals(account, AwsPlace.accountOf(key));
    }
}
