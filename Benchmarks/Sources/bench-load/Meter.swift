import BenchmarkKit
import NIOCore

/// What is read at the beginning and at the end of what is measured.
struct Meter {
    private var start = NIODeadline.now()
    private var processes: [Int] = []
    private var before: [UInt64] = []

    mutating func begin(_ processes: [Int]) {
        self.processes = processes
        before = processes.map { ProcessorTime.of($0) ?? 0 }
        start = .now()
    }

    func end(into report: inout Report) {
        report.nanoseconds = (NIODeadline.now() - start).nanoseconds
        for (process, time) in zip(processes, before) {
            report.processorTimes.append((process, (ProcessorTime.of(process) ?? 0) - time))
        }
    }
}
