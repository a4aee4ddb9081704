/*
 * uncleared.h - for an array on the stack that is written before it is read.
 *
 * Compilers can be told to clear all that is on the stack (-ftrivial-auto-var-init), which for a
 * large array takes longer than what it is for. GCC 12 and Clang 9 know how to leave one out.
 */
#ifndef LAMBDA_UNCLEARED_H
#define LAMBDA_UNCLEARED_H

#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define UNCLEARED __attribute__((uninitialized))
#endif
#endif
#ifndef UNCLEARED
#define UNCLEARED
#endif

#endif
