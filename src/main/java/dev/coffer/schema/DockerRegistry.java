package dev.coffer.schema;

import dev.coffer.secrets.SchemaType;
import dev.coffer.secrets.SecretValue;
import org.jspecify.annotations.Nullable;

/**
 * A login at a registry of container images: what {@code docker login} asks for.
 *
 * @param registry the registry's host, with a port if it has its own
 * @param username the user
 * @param password the user's password or access token
 * @param email the user's address, which some tools still ask for
 */
@SchemaType(value = "docker_registry", description = "login at a container registry")
public record DockerRegistry(
        SecretValue registry,
        SecretValue username,
        SecretValue password,
        @Nullable SecretValue email) {}
