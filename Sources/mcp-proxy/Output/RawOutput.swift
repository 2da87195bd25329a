#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes to an open file as the system does: as much as it takes now.
enum RawOutput {
    /// Writes the beginning of some bytes.
    ///
    /// - Returns: How many were written; less than 1 when that failed, for the reason in `errno`.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            #if canImport(Glibc)
                unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
            #else
                unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
            #endif
        }
    }
}
