"""The door for time and the queue: jobs, the worker that does them, the timetable that rings for them.

The row is the work; the queue is only a bell (design §8). What is not done now is found at the next ring.
"""
