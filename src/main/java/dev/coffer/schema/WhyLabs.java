package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * Access to WhyLabs. The keys are ZenML's, which are the environment variables of whylogs in lower case.
 *
 * @param whylabsDefaultOrgId the organization
 * @param whylabsApiKey an API key of the organization
 * @param whylabsDefaultDatasetId the dataset that profiles are logged to
 */
@SchemaType(value = "whylabs", description = "WhyLabs organization and API key")
public record WhyLabs(
        SecretValue whylabsDefaultOrgId,
        SecretValue whylabsApiKey,
        @Nullable SecretValue whylabsDefaultDatasetId) {}
