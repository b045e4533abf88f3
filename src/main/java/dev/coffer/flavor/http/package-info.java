/**
 * What the flavors share that speak HTTP themselves: one server's client with its bounds on time and size, pauses before a
 * request is sent again, certificates out of files, and the attributes that say all that. No flavor lies here.
 */
@NullMarked
package dev.coffer.flavor.http;

import org.jspecify.annotations.NullMarked;
