/**
 * What a stack is made of: components, their types, the flavors that implement them and the attributes
 * a flavor declares. This package needs nothing but the JDK.
 */
package dev.coffer.component;
