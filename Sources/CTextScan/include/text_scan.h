#ifndef TEXT_SCAN_H
#define TEXT_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// How many bytes stand before the first one of this value; `count` where there is none.
static inline size_t text_length_before(uint8_t byte, const void *_Nonnull bytes, size_t count) {
    const void *found = memchr(bytes, byte, count);
    return found == NULL ? count : (size_t)((const uint8_t *)found - (const uint8_t *)bytes);
}

// How many bytes of a text have this value. In C because what is built for tests reads megabytes, too.
static inline size_t text_count(uint8_t byte, const uint8_t *_Nonnull bytes, size_t count) {
    size_t found = 0;
    for (size_t position = 0; position < count; position += 1) found += bytes[position] == byte;
    return found;
}

// Not declared by every system without asking for more than its standard.
extern void *_Nullable memmem(const void *_Nonnull, size_t, const void *_Nonnull, size_t);

// Whether two texts of one length are the same.
static inline _Bool text_equals(const void *_Nonnull left, const void *_Nonnull right, size_t count) {
    return memcmp(left, right, count) == 0;
}

// Whether a text holds another one.
static inline _Bool text_holds(const void *_Nonnull bytes, size_t count, const void *_Nonnull part, size_t length) {
    return memmem(bytes, count, part, length) != NULL;
}

// How many bytes stand before the first `x-` or `\u`, or before the last byte, which is not looked at; `count` where
// there is neither.
static inline size_t text_length_before_mark(const uint8_t *_Nonnull bytes, size_t count) {
    size_t position = 0;
#if defined(__SSE2__)
    const __m128i letter = _mm_set1_epi8('x'), dash = _mm_set1_epi8('-');
    const __m128i backslash = _mm_set1_epi8('\\'), unicode = _mm_set1_epi8('u');
    while (position + 17 <= count) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(bytes + position));
        const __m128i next = _mm_loadu_si128((const __m128i *)(bytes + position + 1));
        const __m128i found = _mm_or_si128(
            _mm_and_si128(_mm_cmpeq_epi8(text, letter), _mm_cmpeq_epi8(next, dash)),
            _mm_and_si128(_mm_cmpeq_epi8(text, backslash), _mm_cmpeq_epi8(next, unicode)));
        const unsigned hits = (unsigned)_mm_movemask_epi8(found);
        if (hits != 0) return position + (size_t)__builtin_ctz(hits);
        position += 16;
    }
#endif
    for (; position + 1 < count; position += 1) {
        const uint8_t byte = bytes[position], next = bytes[position + 1];
        if ((byte == 'x' && next == '-') || (byte == '\\' && next == 'u')) return position;
    }
    return count;
}

// How many bytes at the beginning of a JSON string's content are ASCII characters that stand for themselves: no quote,
// no backslash, no control character. Reads nothing beyond `count` bytes.
//
// In C because the Swift compiler does not turn vector comparisons into single instructions here.
static inline size_t text_plain_length(const uint8_t *_Nonnull bytes, size_t count) {
    size_t position = 0;
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
    while (position + 16 <= count) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(bytes + position));
        // As signed numbers, control characters and everything that is not ASCII are below a space.
        const __m128i special = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(text, quote), _mm_cmpeq_epi8(text, backslash)), _mm_cmplt_epi8(text, space));
        const unsigned hits = (unsigned)_mm_movemask_epi8(special);
        if (hits != 0) return position + (size_t)__builtin_ctz(hits);
        position += 16;
    }
#elif defined(__aarch64__)
    const uint8x16_t quote = vdupq_n_u8('"'), backslash = vdupq_n_u8('\\');
    const int8x16_t space = vdupq_n_s8(' ');
    while (position + 16 <= count) {
        const uint8x16_t text = vld1q_u8(bytes + position);
        const uint8x16_t special = vorrq_u8(
            vorrq_u8(vceqq_u8(text, quote), vceqq_u8(text, backslash)), vcltq_s8(vreinterpretq_s8_u8(text), space));
        // Four bits for each byte.
        const uint64_t hits = vget_lane_u64(
            vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(special), 4)), 0);
        if (hits != 0) return position + ((size_t)__builtin_ctzll(hits) >> 2);
        position += 16;
    }
#endif
    while (position < count) {
        const uint8_t byte = bytes[position];
        if (byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80) break;
        position += 1;
    }
    return position;
}

#endif
