-- Every body in force on :day is under the root: who is not reached from it.
with recursive under (id) as (
  select id from body where superior = -1 and from_day <= :day and until_day > :day
  union all
  select b.id from under u join body b on b.superior = u.id
  where b.from_day <= :day and b.until_day > :day
)
select 2, b.id, 0, 0, 0 from body b
where b.from_day <= :day and b.until_day > :day and b.id not in (select id from under)
