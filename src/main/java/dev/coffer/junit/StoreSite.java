package dev.coffer.junit;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Which store a test works with.
 *
 * @param settings the annotation that asks for it
 * @param owner what it lives as long as: a test, or the class that shares it
 */
record StoreSite(CofferTest settings, String place, ExtensionContext owner) {
    /**
     * The store for a test or a class, a method's annotation before its class's, a class's before those around it; empty
     * for a class whose tests have one each.
     */
    static Optional<StoreSite> of(ExtensionContext context) {
        Optional<StoreSite> own = context.getTestMethod().flatMap(method -> annotated(method, context));
        if (own.isPresent()) {
            if (isShared(own.get())) {
                throw new ExtensionConfigurationException(
                        own.get().place + ": the store of a single method cannot be PER_CLASS; annotate the class");
            }
            return own;
        }
        Optional<ExtensionContext> at = Optional.of(context);
        while (at.isPresent()) {
            ExtensionContext level = at.get();
            Optional<StoreSite> found = level.getTestMethod().isPresent()
                    ? Optional.empty()
                    : level.getTestClass().flatMap(type -> annotated(type, level));
            if (found.isPresent()) {
                return isShared(found.get()) ? found : each(found.get(), context);
            }
            at = level.getParent();
        }
        return Optional.empty();
    }

    private static Optional<StoreSite> annotated(AnnotatedElement element, ExtensionContext owner) {
        return AnnotationSupport.findAnnotation(element, CofferTest.class)
                .map(settings -> new StoreSite(settings, "@CofferTest on " + Seed.spoken(element), owner));
    }

    private static boolean isShared(StoreSite site) {
        return site.settings.lifecycle() == CofferTest.Lifecycle.PER_CLASS;
    }

    private static Optional<StoreSite> each(StoreSite site, ExtensionContext context) {
        return context.getTestMethod().map(method -> new StoreSite(site.settings, site.place, context));
    }

    /** Makes the store. */
    TestStore make() {
        List<Seed> seeds = new ArrayList<>();
        elements(owner).forEach(element -> seeds.addAll(Seed.on(element)));
        return TestStore.make(place, settings.flavor(), seeds);
    }

    /** Refuses secrets on a test or nested class that would come into a store which other tests share. */
    void requireNoStraySeeds(ExtensionContext context) {
        List<AnnotatedElement> strays = new ArrayList<>(elements(context));
        strays.removeAll(elements(owner));
        strays.stream().filter(Seed::isSeeded).findFirst().ifPresent(stray -> {
            throw new ExtensionConfigurationException("@CofferSecret or @CofferSecrets on " + Seed.spoken(stray) + ": "
                    + place + " shares its store; put the secrets there, or give this one a @CofferTest of its own");
        });
    }

    /** The classes and the method that a context is about, outermost first. */
    private static List<AnnotatedElement> elements(ExtensionContext context) {
        List<AnnotatedElement> elements = new ArrayList<>();
        Optional<ExtensionContext> at = Optional.of(context);
        while (at.isPresent()) {
            at.get().getElement().filter(element -> !elements.contains(element)).ifPresent(e -> elements.add(0, e));
            at = at.get().getParent();
        }
        return elements;
    }
}
