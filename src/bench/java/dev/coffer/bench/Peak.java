package dev.coffer.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/** The most heap that a fork had in use at a time, garbage included; told to who started it by a file. */
final class Peak {
    private Peak() {}

    static void reset() {
        ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    }

    static void write(Path stores, String benchmark) throws IOException {
        long bytes = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.HEAP) {
                bytes += pool.getPeakUsage().getUsed();
            }
        }
        Files.writeString(file(stores, benchmark), Long.toString(bytes));
    }

    static long read(Path stores, String benchmark) throws IOException {
        return Long.parseLong(Files.readString(file(stores, benchmark)));
    }

    private static Path file(Path stores, String benchmark) {
        return stores.resolve("peak-" + benchmark);
    }
}
