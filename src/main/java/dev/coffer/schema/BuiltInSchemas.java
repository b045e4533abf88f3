package dev.coffer.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The schema records that coffer brings along. Naming a type loads that one record and no other: start-up matters. */
final class BuiltInSchemas {
    /** The types of {@link #recordOf}, sorted. */
    static final List<String> TYPES = List.of(
            "api_token",
            "aws",
            "azure",
            "basic_auth",
            "docker_registry",
            "gcp",
            "kserve_az",
            "kserve_gs",
            "kserve_s3",
            "mysql",
            "oauth2_client",
            "postgres",
            "seldon_az",
            "seldon_gs",
            "seldon_s3",
            "ssh_key",
            "tls_certificate",
            "whylabs");

    private BuiltInSchemas() {}

    /** The record of that type; null if there is none. */
    static @Nullable Class<? extends Record> recordOf(String type) {
        return switch (type) {
            case "api_token" -> ApiToken.class;
            case "aws" -> Aws.class;
            case "azure" -> Azure.class;
            case "basic_auth" -> BasicAuth.class;
            case "docker_registry" -> DockerRegistry.class;
            case "gcp" -> Gcp.class;
            case "kserve_az" -> KServeAz.class;
            case "kserve_gs" -> KServeGs.class;
            case "kserve_s3" -> KServeS3.class;
            case "mysql" -> MySql.class;
            case "oauth2_client" -> OAuth2Client.class;
            case "postgres" -> Postgres.class;
            case "seldon_az" -> SeldonAz.class;
            case "seldon_gs" -> SeldonGs.class;
            case "seldon_s3" -> SeldonS3.class;
            case "ssh_key" -> SshKey.class;
            case "tls_certificate" -> TlsCertificate.class;
            case "whylabs" -> WhyLabs.class;
            default -> null;
        };
    }
}
