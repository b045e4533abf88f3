/** The flavor {@code aws}: secrets in AWS Secrets Manager, through the AWS SDK, which is loaded only when it is used. */
@NullMarked
package dev.coffer.flavor.aws;

import org.jspecify.annotations.NullMarked;
