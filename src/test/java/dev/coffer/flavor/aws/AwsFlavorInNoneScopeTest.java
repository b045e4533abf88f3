package dev.coffer.flavor.aws;

import java.util.Map;

/** The whole contract once more, in the scope none. */
class AwsFlavorInNoneScopeTest extends AwsFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "none");
    }
}
