package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A client that is registered with an OAuth 2.0 authorization server. The keys are the parameters of RFC 6749 and the
 * addresses of its two endpoints.
 *
 * @param clientId the client's identifier (RFC 6749, section 2.2)
 * @param clientSecret the client's password (section 2.3.1)
 * @param tokenUrl the address of the token endpoint (section 3.2)
 * @param authorizationUrl the address of the authorization endpoint (section 3.1)
 * @param redirectUri the client's own address (section 3.1.2)
 * @param scope what to ask access for, words parted by spaces (section 3.3)
 * @param audience whom the token is meant for (RFC 8693, section 2.1)
 * @param refreshToken obtains new access tokens (RFC 6749, section 1.5)
 */
@SchemaType(value = "oauth2_client", description = "OAuth 2.0 client")
public record OAuth2Client(
        SecretValue clientId,
        SecretValue clientSecret,
        @Nullable SecretValue tokenUrl,
        @Nullable SecretValue authorizationUrl,
        @Nullable SecretValue redirectUri,
        @Nullable SecretValue scope,
        @Nullable SecretValue audience,
        @Nullable SecretValue refreshToken) {}
