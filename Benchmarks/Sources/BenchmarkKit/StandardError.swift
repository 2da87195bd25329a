#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Words for the person who runs the benchmark.
package enum StandardError {
    package static func write(_ words: String) {
        var words = words
        words.withUTF8 { bytes in
            // Nobody can be told that nobody reads.
            _ = unsafe Platform.write(2, bytes.baseAddress, bytes.count)
        }
    }
}

/// Lines for the driver.
package enum StandardOutput {
    package static func write(line: String) {
        var line = line + "\n"
        line.withUTF8 { bytes in
            // The driver has gone: there is nobody to tell.
            _ = unsafe Platform.write(1, bytes.baseAddress, bytes.count)
        }
    }
}

/// The end of the process.
package enum Exit {
    package static func now(_ status: Int32) -> Never {
        exit(status)
    }
}

private enum Platform {
    static func write(_ descriptor: Int32, _ start: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, start, count)
        #else
            unsafe Darwin.write(descriptor, start, count)
        #endif
    }
}
