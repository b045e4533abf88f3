package dev.coffer.bench;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Measures everything in one run. Properties: see {@link Settings}. */
public final class Bench {
    private Bench() {}

    /** Takes no arguments. Fails if something cannot be measured; a bar that is missed is a result. */
    public static void main(String[] args) throws Exception {
        Settings settings = Settings.ofProperties();
        Files.createDirectories(settings.folder());
        List<Timed> commands = new ArrayList<>();
        List<Bar> ofCommand = new ArrayList<>();
        if (settings.wants("cold")) {
            CommandBars cold = new CommandBars(settings);
            commands.addAll(cold.measure());
            ofCommand.addAll(cold.bars());
        }
        List<Bar> bars = new ArrayList<>(new LibraryBars(settings).measure());
        bars.addAll(new RemoteBars(settings).measure());
        bars.addAll(new SyncBars(settings).measure());
        bars.addAll(ofCommand);
        Report report = new Report(settings, bars, commands);
        report.write();
        Stores.delete(settings.stores());
        System.out.println();
        System.out.print(report.table());
    }
}
