#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ target: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// What is done with each input. Set once, before the first one.
nonisolated(unsafe) private var check: ([UInt8]) -> Void = { _ in }

/// What libFuzzer calls for each input; its own `main` asks for it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
public func checkInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    unsafe check(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Runs libFuzzer, with the arguments of this process, on something that ends the process when an input shows a fault.
///
/// SwiftPM gives every executable an entry point of its own, so libFuzzer's `main` is never reached.
package func runFuzzer(_ body: @escaping ([UInt8]) -> Void) -> Never {
    unsafe check = body
    var count = CommandLine.argc
    var arguments = unsafe CommandLine.unsafeArgv
    exit(unsafe runDriver(&count, &arguments, checkInput))
}
