package dev.coffer.flavor.aws;

import java.util.Map;

/** The whole contract once more, in the scope namespace. */
class AwsFlavorInNamespaceScopeTest extends AwsFlavorSecretsManagerContractTest {
    @Override
    Map<String, String> scope() {
        return Map.of("scope", "namespace", "namespace", "team/a");
    }
}
