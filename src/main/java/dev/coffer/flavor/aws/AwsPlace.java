package dev.coffer.flavor.aws;

import java.net.URI;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSystemSetting;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.utils.SystemSetting;

/**
 * Where a component's secrets are: what its attributes say, and where they do not, what variables, system properties and
 * AWS's own files say. Nothing is asked, so two places look like one if only a server tells them apart:
 *
 * <pre>
 * endpoint   attribute, AWS_ENDPOINT_URL…, the profile's; not what FIPS or dual stack make of a region's own
 * region     attribute, AWS_REGION, the profile's; not the one of the machine in AWS
 * account    of the access key in attributes or variables, so that another key of one account changes nothing;
 *            else the role of AWS_ROLE_ARN; else the name of the profile, whatever account that leads to
 * prefix     attribute
 * </pre>
 */
final class AwsPlace {
    private static final int KEY_PREFIX = 4;
    private static final int ACCOUNT_DIGITS = 10;
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final AwsSettings settings;
    private final String profile;

    private AwsPlace(AwsSettings settings) {
        this.settings = settings;
        this.profile = settings.profile()
                .or(() -> told(ProfileFileSystemSetting.AWS_PROFILE))
                .orElse("default");
    }

    /** As text without credentials, from which the account of a key can perhaps be read. */
    static String of(AwsSettings settings) {
        AwsPlace place = new AwsPlace(settings);
        return String.join("\n", place.endpoint(), place.region(), place.account(), settings.prefix());
    }

    private String endpoint() {
        return settings.endpoint()
                .or(() -> unlessBroken(() -> AwsClientEndpointProvider.builder()
                        .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_SECRETS_MANAGER")
                        .serviceEndpointOverrideSystemProperty("aws.endpointUrlSecretsManager")
                        .serviceProfileProperty("secrets_manager")
                        .profileFile(ProfileFile::defaultProfileFile)
                        .profileName(profile)
                        .resolveFromOverrides()))
                .map(URI::toString)
                .orElse("");
    }

    /** Without the last one of the SDK's own chain, which asks the machine. */
    private String region() {
        return settings.region()
                .or(() -> unlessBroken(() -> Optional.of(new AwsRegionProviderChain(
                                new SystemSettingsRegionProvider(),
                                new AwsProfileRegionProvider(ProfileFile::defaultProfileFile, profile))
                        .getRegion()
                        .id())))
                .orElse("");
    }

    /** In the order in which credentials are looked for. */
    private String account() {
        if (settings.keys().isPresent()) {
            return "account " + accountOf(settings.keys().get().id());
        }
        if (settings.profile().isEmpty()) {
            Optional<String> key = told(SdkSystemSetting.AWS_ACCESS_KEY_ID);
            if (key.isPresent() && told(SdkSystemSetting.AWS_SECRET_ACCESS_KEY).isPresent()) {
                return "account " + accountOf(key.get());
            }
            Optional<String> role = told(SdkSystemSetting.AWS_ROLE_ARN);
            if (role.isPresent()
                    && told(SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE).isPresent()) {
                return "role " + role.get();
            }
        }
        return "profile " + profile;
    }

    /**
     * The number of the account that an access key's id holds, those of temporary keys too: 40 bits after the first one,
     * in base 32. The id itself if it holds none, as those before 2019, which lack that first bit.
     */
    static String accountOf(String keyId) {
        if (!keyId.matches("A[A-Z]IA[Q-Z2-7][A-Z2-7]{15}")) {
            return keyId;
        }
        long bits = 0;
        for (int i = KEY_PREFIX; i < KEY_PREFIX + ACCOUNT_DIGITS; i++) {
            bits = bits << 5 | BASE32.indexOf(keyId.charAt(i));
        }
        return String.valueOf(bits >> 9 & 0xff_ffff_ffffL); // of the 50 bits the first and the last nine are others
    }

    private static Optional<String> told(SystemSetting setting) {
        return setting.getStringValue().map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Whoever wants to use what cannot be read is told then. */
    private static <T> Optional<T> unlessBroken(Supplier<Optional<T>> look) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            return Optional.empty();
        }
    }
}
